import Ground

extension Job {
  /// The job as a job file. With `complete` every parameter is written, defaults included, each with
  /// its title, unit and rule as a comment.
  ///
  /// Parameters without a value stand in a comment, and so do those whose default follows from others
  /// or from the data: written out, they would no longer follow.
  ///
  /// - Parameter data: what is known of the data; nil for defaults that the job alone tells.
  public func toml(complete: Bool = true, given data: DataFacts? = nil) -> String {
    var text = Self.firstLine
    for (table, parameters) in Self.tables {
      let shown = complete ? parameters : parameters.filter { isSet($0.key) }
      if shown.isEmpty { continue }
      text += "\n[\(table)]\n"
      for parameter in shown { text += line(of: parameter, complete: complete, given: data) }
    }
    if complete, !regions.isEmpty {
      text += """

        # Regions. What one does not say for itself is as above; it may say mask, symmetry,
        # ctf.body_defocus and whatever stands in the tables fulcrum, prior and search.

        """
    }
    for region in regions { text += region.toml(complete: complete) }
    return text
  }

  static let firstLine = "# A local refinement of cryo-EM particles with fulcrum.\n"

  /// The parameters by their TOML table, in the order of the form.
  private static let tables: [(table: String, parameters: [Parameter])] = {
    var tables: [(table: String, parameters: [Parameter])] = []
    for parameter in Parameter.all {
      let table = String(parameter.key.prefix { $0 != "." })
      if let index = tables.firstIndex(where: { $0.table == table }) {
        tables[index].parameters.append(parameter)
      } else {
        tables.append((table, [parameter]))
      }
    }
    return tables
  }()

  private func line(of parameter: Parameter, complete: Bool, given data: DataFacts?) -> String {
    let name = parameter.key.drop { $0 != "." }.dropFirst()
    let comment = parameter.titleWithUnit
    guard let value = value(of: parameter, given: data) else {
      return "# \(name) =   # \(comment): \(parameter.defaultText)\n"
    }
    if !isSet(parameter.key), let derivation = parameter.derivation {
      let reason = derived(parameter, given: data).map { " = \($0.reason)" } ?? ""
      return "# \(name) = \(value.toml)\(reason)   # \(comment); \(derivation.words)\n"
    }
    return "\(name) = \(value.toml)" + (complete ? "  # \(comment)" : "") + "\n"
  }

  /// The command line that starts this job from a file that holds nothing but the defaults, one
  /// `--set` for each value that differs from them.
  public func commandLine(jobFile: String) -> String {
    var words = ["fulcrum", "run", shellQuoted(jobFile)]
    for parameter in Parameter.all where isChanged(parameter.key) {
      guard let value = self[parameter.key] else { continue }
      words += ["--set", shellQuoted("\(parameter.key)=\(value.text)")]
    }
    for region in regions {
      for (name, parameter) in JobRegion.parameters {
        guard let value = region.values[parameter.key] else { continue }
        words += ["--set", shellQuoted("region.\(region.name).\(name)=\(value.text)")]
      }
    }
    return words.joined(separator: " ")
  }
}
