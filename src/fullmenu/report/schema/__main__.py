"""Write the schema files."""

from fullmenu.report.schema import write

write()
