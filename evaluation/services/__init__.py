"""What happens in a study: one noun per file. Everything is checked again here, whatever a form let through."""
