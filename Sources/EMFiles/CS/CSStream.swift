/// The newer form of a cryoSPARC data set, in columns.
struct CSStream {
  let source: MappedFile
  func numpyFile() throws(Problem) -> [UInt8] {
    throw Problem(
      "\(source.path) is a cryoSPARC data set in stream form, which is not read",
      whatToDo: "Save it in cryoSPARC's default format.")
  }
}
