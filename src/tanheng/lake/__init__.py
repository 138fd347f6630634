"""The telemetry lake: segments of readings in Parquet, and the queries over them."""
