"""The lectures: what they say holds."""
