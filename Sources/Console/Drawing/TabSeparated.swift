extension String {
  /// The cells of a table in lines, with tabs between them.
  var tabSeparatedRows: [[String]] {
    split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
