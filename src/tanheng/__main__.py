"""``python -m tanheng``."""

from tanheng.cli import main

if __name__ == "__main__":
    main()
