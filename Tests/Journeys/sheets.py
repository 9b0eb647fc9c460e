"""Reads the site's workbooks as rows, and writes lists to import."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(data, number=1):
    """The rows of a sheet of an .xlsx, counted from 1, each up to its last filled cell."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            shared = [words(item) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    return [row(cells, shared) for cells in sheet.iter(SPACE + "row")]


def sheet(data, name):
    """The rows of the sheet of that name in an .xlsx of this program, whose sheets are numbered in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [node.get("name") for node in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(SPACE + "sheet")]
    return rows(data, names.index(name) + 1)


def row(cells, shared):
    found = {}
    for cell in cells:
        value = cell.find(SPACE + "v")
        text = words(cell) if value is None else value.text
        found[column(cell.get("r"))] = shared[int(text)] if cell.get("t") == "s" else text
    return [found.get(place, "") for place in range(max(found, default=-1) + 1)]


def column(name):
    """The column number of a cell; 0 for A1."""
    number = 0
    for letter in re.match("[A-Z]+", name)[0]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def words(node):
    return "".join(text.text or "" for text in node.iter(SPACE + "t"))


def write(path, lines):
    """Writes a list as .csv with a byte order mark, like spreadsheets on Windows."""
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)
    return path
