"""Write the egg by which a scrapyd server knows the project: ``python scrapyd_egg.py vietnamvn.egg``.

The program itself is installed in scrapyd's environment (``pip install``); the egg only names its settings.
"""

import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w") as egg:
    egg.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 2.1\nName: vietnamvn-project\nVersion: 1.0\n")
    egg.writestr("EGG-INFO/entry_points.txt", "[scrapy]\nsettings = scraper.settings\n")
    egg.writestr("EGG-INFO/zip-safe", "\n")
