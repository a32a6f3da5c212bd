"""``python -m scimcore``."""

import sys

from scimcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
