"""Show an article in one format: article, edition, house and layouts in, a finished file's bytes out."""
