"""What the website needs: its scripts and styles, and the Sphinx extension."""
