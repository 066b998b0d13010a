"""taurus' trend, as it is installed, with history through pyhdbpp: run by an interpreter that has both.

``python trend.py ATTRIBUTE FROM TO PICTURE``: opens the trend on an attribute, looks at a time, lets it load what was
archived (its menu's "Load Once"), and prints what it draws then as JSON.
"""

from __future__ import annotations

import json
import sys

from taurus.external.qt import Qt
from taurus.qt.qtgui.application import TaurusApplication
from taurus_pyqtgraph import TaurusTrend


def main(attribute: str, begin: float, end: float, picture: str) -> None:
    """Draw, load, tell."""
    app = TaurusApplication([], cmd_line_parser=None)
    trend = TaurusTrend()
    trend.setModel([attribute])
    trend.resize(900, 500)
    trend.show()

    def load() -> None:
        try:
            trend.plotItem.setXRange(begin, end, padding=0)
            app.processEvents()
            trend._archiving_tool._loadArchivingDataOnce()
            app.processEvents()
            (curves,) = [each for each in trend.plotItem.dataItems if hasattr(each, "_xBuffer")]
            x, y = curves._xBuffer.contents(), curves._yBuffer.contents()
            trend.grab().save(picture)
            print(json.dumps({"x": x.tolist(), "y": [row[0] for row in y.tolist()]}), flush=True)
        finally:
            app.quit()

    Qt.QTimer.singleShot(2000, load)
    app.exec_()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
