"""The SQLite file itself: opening, migrating, reading, writing, backups and what a disk does wrong."""
