"""What results say in words."""
