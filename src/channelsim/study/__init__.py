"""Many replications of several alternatives on the same customers, and what one may conclude from them."""
