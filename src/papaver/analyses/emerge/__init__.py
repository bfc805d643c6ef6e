"""What is new, growing, back or at another level among the substances seen, and what is only newly tested for?"""

from papaver.analyses.emerge import logic
from papaver.model.analysis import Analysis

analysis = Analysis(
    name="emerge",
    title="New and growing substances",
    run=logic.emerge,
    reads=("detections", "panel", "report", "event"),
)
