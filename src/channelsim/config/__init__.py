"""The edge where files become values: the only place that knows YAML, CSV and pydantic."""
