"""What scimcore costs beside other libraries, measured in one process: ``python -m benchmarks``."""
