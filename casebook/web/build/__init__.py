"""What a build needs first: vendored scripts, Python for the browser, notebooks that were run."""
