"""Language without a model: words, stems, numbers and a small bilingual dictionary, in English and Korean.

Pure and cached. Linking and the built-in writer both read a question and a schema's names through it, so that what one
finds the other finds too.
"""

from core.lexicon.dictionary import STOPWORDS, compound, taken_apart, translations, written_out
from core.lexicon.english import stem
from core.lexicon.identifiers import split_identifier
from core.lexicon.words import Word, words

__all__ = [
    "STOPWORDS",
    "Word",
    "compound",
    "split_identifier",
    "stem",
    "taken_apart",
    "translations",
    "words",
    "written_out",
]
