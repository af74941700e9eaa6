"""What a person typed from articles, press and tables: records, checked, as frames."""
