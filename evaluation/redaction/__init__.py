"""Taking out of a text what identifies people: what may do so, what stands in its place, and where offsets go."""
