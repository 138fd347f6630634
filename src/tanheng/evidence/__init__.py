"""What an outsider needs: bundles, their verification, and replay."""
