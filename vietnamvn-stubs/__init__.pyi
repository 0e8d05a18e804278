# Types of the module `vietnamvn` where it is installed: a module by itself cannot carry `py.typed` (PEP 561).
from pipelines.batch.input_rows import CleanOptions as CleanOptions
from pipelines.batch.job import clean as clean
from pipelines.errors import VietnamvnError as VietnamvnError
from pipelines.export import export as export
from pipelines.extraction import extract as extract
from pipelines.models import Article as Article
from pipelines.models import HtmlPage as HtmlPage
from pipelines.models import Rejected as Rejected
from pipelines.models import TextPage as TextPage
from pipelines.reextraction import reextract as reextract
from pipelines.storage import Selection as Selection
from pipelines.storage import Store as Store
from pipelines.storage import open_store as open_store
from pipelines.translations.corpus_job import align as align
from pipelines.translations.stored import groups as groups
