"""Read the author's YAML and Markdown: project folder in, a checked Article and its places out."""
