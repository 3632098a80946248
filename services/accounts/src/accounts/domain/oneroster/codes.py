"""Everything that can be wrong with a roster, and what to do about it."""

from accounts.domain.oneroster.sentences import WithSentence


class Code(WithSentence):
    """What is wrong, stable for programs. `sentence` says it and its mend to people, and never repeats the value."""

    # The archive.
    CANNOT_BE_OPENED = "cannot_be_opened", "It cannot be opened. Check that it is there and may be read."
    EMPTY = "empty", "There is nothing in it. Export and send it again."
    NOT_A_ZIP = "not_a_zip", "This is no zip. Send the CSV files in one zip, or name the folder that they lie in."
    SPREADSHEET = "spreadsheet", "This is a spreadsheet. Save each sheet as CSV in UTF-8 and send the files in one zip."
    WEB_PAGE = "web_page", "This is a web page, perhaps one that asks to sign in. Download the export again."
    TRUNCATED = "truncated", "The end is missing. Copy or download it again."
    DAMAGED = "damaged", "It is damaged and cannot be unpacked. Copy, download or export it again."
    ENCRYPTED = "encrypted", "It is encrypted. Make the zip without a password."
    COMPRESSION_UNKNOWN = (
        "compression_unknown",
        "It is compressed in a way that is not read here. Make the zip with the usual method, deflate.",
    )
    TOO_MANY_FILES = "too_many_files", "There are far more files than OneRoster has. Send those of the standard alone."
    TOO_LARGE = "too_large", "It is larger than any district needs. Send the files of the standard alone, or a delta."
    TOO_COMPRESSED = (
        "too_compressed",
        "It grows beyond all measure when it is unpacked, as only a harmful zip does. Export it again.",
    )
    NAME_UNSAFE = "name_unsafe", "A file's name leads out of the archive. Give the files their plain names: orgs.csv."
    IN_FOLDER = "in_folder", "There is a folder inside. Put the CSV files beside each other, without folders."
    ALL_IN_FOLDER = "all_in_folder", "The files lie in a folder inside the zip. Zip the files, not their folder."
    SYMBOLIC_LINK = "symbolic_link", "This is a link to a file. Put the file itself there."
    NO_PLAIN_FILE = "no_plain_file", "This is no plain file. Put a CSV file there."
    ARCHIVE_WITHIN = ("archive_within", "There is an archive inside. Put the CSV files themselves into one zip.")
    FILE_UNKNOWN = ("file_unknown", "The release in the manifest has no such file. Take it out, or mend the name.")
    FILE_TWICE = "file_twice", "The file is there twice. Keep the right one."
    FILE_NAME_CASE = ("file_name_case", "The name is in another case. Write it as the standard: academicSessions.csv.")

    # The manifest.
    MANIFEST_MISSING = "manifest_missing", "There is no manifest.csv. Export again, as OneRoster 1.1 or 1.2."
    PROPERTY_MISSING = "property_missing", "The manifest lacks this property. Add it with its value."
    PROPERTY_UNKNOWN = "property_unknown", "The manifest of this release has no such property. Take it out."
    PROPERTY_TWICE = "property_twice", "The manifest has this property twice. Keep the right one."
    MANIFEST_VERSION_UNKNOWN = "manifest_version_unknown", "The version of a manifest is 1.0. Write that."
    RELEASE_UNKNOWN = "release_unknown", "Only OneRoster 1.1 and 1.2 are read. Export again as one of them."
    MODE_UNKNOWN = "mode_unknown", "A file is bulk, delta or absent. Write one of these words."
    FILE_NOT_THERE = "file_not_there", "The manifest promises this file. Add it, or say that it is absent."
    FILE_CALLED_ABSENT = ("file_called_absent", "The manifest calls this file absent. Say bulk or delta, or remove it.")
    FILE_NEEDED = "file_needed", "Another file is bulk and refers to this one. Add it as bulk."
    MODES_MIXED = ("modes_mixed", "Another file is bulk and refers to this delta. Export both the same way.")
    NOTHING_TO_READ = "nothing_to_read", "The manifest calls every file of a roster absent. Export at least one."

    # The text of a file.
    NOT_UTF8 = "not_utf8", "This is not UTF-8. Save the file as CSV in UTF-8."
    NUL = "nul", "There is a NUL character. Take it out, or save the file as CSV in UTF-8."
    CONTROL_CHARACTER = "control_character", "There is a character that nobody sees. Type the value anew."
    QUOTE_BROKEN = (
        "quote_broken",
        "A quotation mark is wrong, so lines from here on may be lost. Put the whole value into quotation marks and"
        " double those inside it.",
    )
    LINE_BREAK_BROKEN = "line_break_broken", "A line ends with CR alone. Save the file with CR LF at the ends of lines."
    LINE_TOO_LONG = "line_too_long", "The line is too long to be a row of a roster. Export the file again."

    # The header of a file.
    HEADER_MISSING = "header_missing", "The first line has no name of a column. Begin with the standard's, in English."
    SEPARATOR_WRONG = ("separator_wrong", "There is no comma between the columns. Save the file with commas.")
    COLUMN_MISSING = "column_missing", "The column is missing. Add it; where it is not required it may be empty."
    COLUMN_TWICE = "column_twice", "The column is there twice. Keep the right one."
    COLUMN_ORDER = "column_order", "The column is in the wrong place. Put the columns in the order of the standard."
    COLUMN_CASE = "column_case", "The column's name is in another case. Write it as the standard does."
    COLUMN_MISSPELT = "column_misspelt", "The column's name is misspelt. The standard calls it dateLastModified."
    COLUMN_UNKNOWN = (
        "column_unknown",
        "The release that the manifest names has no such column here. Use the English names of the standard; those of"
        " columns of your own begin with metadata. and come last.",
    )

    # A row.
    LINE_EMPTY = "line_empty", "The line is empty. Delete it."
    VALUES_TOO_FEW = "values_too_few", "There are fewer values than columns. Write a comma for each value left empty."
    VALUES_TOO_MANY = (
        "values_too_many",
        "There are more values than columns. Put a value with a comma in it into quotation marks.",
    )
    REQUIRED_EMPTY = "required_empty", "The value is required. Fill it in."
    BLANKS_AROUND = "blanks_around", "There are blanks before or after the value. Delete them."
    VALUE_TOO_LONG = "value_too_long", "The value is too long. Shorten it."
    LIST_ITEM_EMPTY = ("list_item_empty", "An item of the list is empty. Write one comma between two items.")
    BAD_DATE = "bad_date", "This is no day between 1900 and 2099. Write it as 2026-09-01."
    BAD_INSTANT = "bad_instant", "This is no date with time and zone. Write it as 2026-09-01T08:00:00Z."
    BAD_YEAR = "bad_year", "This is no year. Write that in which the school year ends, in four digits: 2027."
    BAD_FLAG = "bad_flag", "This is neither true nor false. Write one of these words."
    STATUS_UNKNOWN = "status_unknown", "The status is unknown. Write active or tobedeleted."
    SET_IN_BULK = "set_in_bulk", "This is for a delta alone. Leave it empty, or say delta in the manifest."
    MISSING_IN_DELTA = "missing_in_delta", "A row of a delta needs this. Fill it in, or say bulk in the manifest."
    ORG_TYPE_UNKNOWN = (
        "org_type_unknown",
        "The type is unknown. Write school, district, department, local, state or national.",
    )
    SESSION_TYPE_UNKNOWN = (
        "session_type_unknown",
        "The type is unknown. Write schoolYear, semester, term or gradingPeriod.",
    )
    CLASS_TYPE_UNKNOWN = "class_type_unknown", "The type is unknown. Write homeroom or scheduled."
    ROLE_UNKNOWN = ("role_unknown", "The role is unknown in this file and release. Write one of the standard's.")
    ROLE_TYPE_UNKNOWN = "role_type_unknown", "The type is unknown. Write primary or secondary."
    SEX_UNKNOWN = "sex_unknown", "The word is unknown. Write female or male (in 1.2 also other or unspecified)."
    LANGUAGE_UNKNOWN = "language_unknown", "The language is unknown. Write pl, en or uk, or leave it empty."
    END_BEFORE_BEGIN = "end_before_begin", "The end is before the beginning. Mend one of the two."

    # Between rows.
    ID_TWICE = "id_twice", "Another row above has the same sourcedId. Keep the right one."
    REFERS_TO_NOTHING = (
        "refers_to_nothing",
        "There is no row with this sourcedId, or it is wrong itself. Mend the reference, or add the row.",
    )
    ORGS_IN_CIRCLE = "orgs_in_circle", "The org is a part of itself. Mend one of the parents."
    NOT_IN_SCHOOL = "not_in_school", "This is no school, and no part of one. Name the school of the class."
    OTHER_SCHOOL = "other_school", "The class is at another school. Name its school."
    TOO_MANY_ROLES = "too_many_roles", "Nobody can have more than 5,000 roles. Leave out those that are over."
    EMAIL_SHARED = "email_shared", "Somebody above has the same address. Leave it empty where it is not theirs."
    NOT_GUARDIAN_AND_STUDENT = (
        "not_guardian_and_student",
        "One of the two has to be a student, and the other not. Mend their roles, or the reference.",
    )
    TOO_MANY_LEFT_OUT = "too_many_left_out", "Too many rows would be left out. Mend the export."
