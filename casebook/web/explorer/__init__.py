"""The live explorers: on the page, in the browser's Python, and what a browser fetches."""
