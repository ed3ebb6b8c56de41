"""The commands of the program and their options, as its own help lists them."""
import re

from program import imnet


def options_in(text):
    """The long options that a text explains at the start of a line."""
    return set(re.findall(r"^\s+(?:-\w, )?(--[a-z-]+)", text, re.M))


def options_of(words):
    return options_in(imnet(*words, "--help").stdout.decode())


def commands_in(text):
    """The words of each command that a text lists: "  weights path     Print where…"."""
    listed = text.split("\nCommands\n")[1].split("\n\n")[0]
    return [tuple(words.split()) for words in re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +[A-Z]", listed, re.M)]


# The first, without a word, classifies.
COMMANDS = [(), *commands_in(imnet("--help").stdout.decode())]
