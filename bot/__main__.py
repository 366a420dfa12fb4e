"""So that `python -m bot` is the command too."""

from bot.command_line import main

if __name__ == "__main__":
    main()
