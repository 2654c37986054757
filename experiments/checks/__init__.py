"""Checks: what can be said of a reply without asking anybody, and what a judge model is asked."""
