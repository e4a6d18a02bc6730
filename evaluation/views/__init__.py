"""The pages of a study: one noun per file. Members' own pages are in mine.py."""
