"""Running the platform: processes, certificates, logs, health, metrics, backup."""
