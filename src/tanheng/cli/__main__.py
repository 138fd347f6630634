"""Lets ``python -m tanheng.cli`` do what the command ``tanheng`` does."""

from tanheng.cli import main

main()
