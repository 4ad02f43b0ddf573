"""What writes a figure."""
