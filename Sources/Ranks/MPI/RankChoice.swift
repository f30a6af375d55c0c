import Ground

/// Whether this process is one of several ranks, and through which plug-in they talk.
public enum RankChoice: Sendable, Hashable {
  /// What the environment says: where a launcher has started several processes they are ranks.
  case auto
  /// Ranks, through this plug-in.
  case plugin(String)
  /// One process, whatever the environment says.
  case none

  public init(argument: String) {
    switch argument {
    case "auto": self = .auto
    case "none": self = .none
    default: self = .plugin(argument)
    }
  }

  /// How many processes a launcher has started; 1 where it says nothing.
  public static func launched(_ value: (String) -> String?) -> Int {
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"] {
      if let count = value(name).flatMap({ Int($0) }) { return count }
    }
    // Slurm says so of every step, and offers ranks to those that were asked for them.
    if value("PMIX_RANK") != nil || value("PMI_RANK") != nil,
      let count = value("SLURM_STEP_NUM_TASKS").flatMap({ Int($0) })
    {
      return count
    }
    return 1
  }

  /// The conversation with the other ranks, or a rank alone.
  ///
  /// - Throws: `Problem` where there are several processes and no plug-in.
  public func communicator() throws(Problem) -> Communicator {
    let path: String
    switch self {
    case .none: return .alone
    case .plugin(let named): path = named
    case .auto:
      let count = Self.launched(environment)
      guard count > 1 else { return .alone }
      path = environment("FULCRUM_MPI") ?? MPIBuild.usualPath
      if path == "none" { return .alone }
      guard isFile(path) else {
        throw Problem(
          "this is one of \(count) processes, and there is no MPI plug-in through which they could "
            + "work together: \(path) is missing",
          whatToDo:
            "Build it once, with the cluster's MPI loaded: fulcrum mpi build. For processes "
            + "that have nothing to do with each other give --mpi none.")
      }
    }
    return try Communicator { () throws(Problem) in try MPITransport(pluginPath: path) }
  }

  private func isFile(_ path: String) -> Bool { (try? InputFile(path: path)) != nil }
}
