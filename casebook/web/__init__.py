"""What the website needs: a room for each kind of page, and the scripts and styles (assets)."""
