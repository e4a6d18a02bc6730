"""The wording and shape of what people fill in for a study: one noun per file."""
