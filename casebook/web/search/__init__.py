"""The search of the site: what the pages say, as one script file, and what looks through it."""
