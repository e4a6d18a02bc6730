"""One small scene for each kind of message, and for what else it may say.

A scene is a function that makes what a message is about and gives the message. Its docstring says when such a message
comes; it stands so in docs/messages.
"""

from tests.scenes import in_touch, interviews, joining, meetings, others, questions, roles
from tests.scenes.stage import SCENES, Scene

__all__ = ["SCENES", "Scene", "in_touch", "interviews", "joining", "meetings", "others", "questions", "roles"]
