"""Stories: request sequences of real identity providers, JSON files in ``tests/vectors``, played against any server.

matching    what a file's expectation words mean: subset, resource, error, present, absent, length, integers ...
story       the files, read into one form
player      plays a story through ``send(method, path, headers, body) -> (status, headers, body)``
sockets     a server on a free port, and ``send`` as the standard library's HTTP client
"""

from stories.player import Answer, Played, Send, play
from stories.story import TOKEN, Step, Story, read

__all__ = ["TOKEN", "Answer", "Played", "Send", "Step", "Story", "play", "read"]
