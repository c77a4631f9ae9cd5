"""`python -m byline` is `byline`."""

from byline.cli import run

if __name__ == "__main__":
    run()
