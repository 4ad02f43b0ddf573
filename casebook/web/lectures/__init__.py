"""Lectures: one file each, from which come page, deck, voice, captions, video and handouts."""
