"""The report: what each indicator is, by office and over the years, on a page and on paper."""
