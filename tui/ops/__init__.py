"""The only place that changes the world: runs plans, step by step."""
