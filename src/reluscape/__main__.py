"""`python -m reluscape`: the program, without its script on the path."""

from .cli import main

if __name__ == "__main__":
    main()
