"""Is this period's count higher than its own past explains?"""

from papaver.analyses.detect import logic
from papaver.model.analysis import Analysis

analysis = Analysis(name="detect", title="Unusual counts", run=logic.detect, reads=("counts",))
