import Ground
import Jobs
import Runs
import Tools

/// What is read, at once and in order where it is little, and in a line of its own where it may take seconds.
extension Background {
  func read(_ reading: Errand.Reading) {
    switch reading {
    case .runs(let folder, let isForced): soon { self.postRuns(folder, isForced: isForced) }
    case .run(let folder, let isForced): soon { self.postRun(folder, isForced: isForced) }
    case .sweep(let name, let folders):
      soon { self.post(.sweep(SweepTable(named: name, runs: folders.map { RunFolder($0) }))) }
    case .folder(let path, let endings):
      soon { self.post(.folder(FolderReader.listing(of: path, endings: endings))) }
    case .header(let path): soon { self.post(.header(FolderReader.header(of: path))) }
    case .themes: soon { self.postThemes() }
    case .theme(let identifier): soon { self.postThemesIfChanged(identifier) }
    case .motion(let folder): soon { self.post(.motion(RegionMotion(reading: folder))) }
    case .continuation(let folder, let iteration):
      posting {
        let (job, takes) = try Continuation.job(of: folder, iteration: iteration)
        return .continuation(job, folder: folder, iteration: iteration, takes: takes)
      }
    case .continuationWith(let particles, let folder):
      posting {
        let (job, takes) = try Continuation.job(of: folder, particles: particles)
        return .continuation(job, folder: folder, iteration: nil, takes: takes)
      }
    case .restartWith(let particles, let folder):
      posting {
        let restart = try Continuation.restart(of: folder, particles: particles)
        return .continuation(
          restart.job, folder: folder, iteration: nil, takes: restart.takes,
          parent: restart.parent)
      }
    case .slices(let request): readSlices(request)
    case .map(let request): readMap(request)
    case .files(let job): readFiles(job)
    case .particles(let folder, let iteration):
      later { self.post(.particles(ParticleReader.table(of: folder, iteration: iteration))) }
    case .poseDifference(let first, let other):
      later { self.post(.poseDifference(ParticleReader.difference(first: first, other: other))) }
    case .rootChange(let folder, let root): compare(folder, with: root)
    case .selectionCount(let folder, let expression):
      trying {
        var selection = ParticleSelection(input: folder)
        selection.expression = expression
        let sentence = try selection.run().result.sentence
        self.post(.counted(sentence, folder: folder, expression: expression))
      }
    case .choiceCount(let folder, let expression):
      count(ChoiceCount(folder: folder, expression: expression))
    case .volumes(let job): later { self.post(.volumes(VolumeReader.volumes(of: job))) }
    case .maskPreview(let job, let map, let mask, let threshold):
      later {
        let preview = VolumeReader.dynamicMask(job, map: map, mask: mask, threshold: threshold)
        self.post(.maskPreview(preview, threshold: threshold))
      }
    }
  }

  /// Reads something small, and posts it or what goes wrong.
  private func posting(_ news: @escaping @Sendable () throws -> News) {
    soon { self.reporting { self.post(try news()) } }
  }

  /// Reads slices once, however often they are asked for meanwhile, and not at all when others are
  /// wanted before their turn comes.
  private func readSlices(_ request: SliceRequest) {
    wanted.slices.ask(for: request, on: later) { self.post(.slices(SliceReader.slices(request))) }
  }

  /// Reads the files of a job once, however often they are asked for meanwhile.
  private func readFiles(_ job: Job) {
    wanted.files.ask(for: job, on: later) { self.post(.files(FileFacts(of: job))) }
  }

  /// Counts what was chosen, unless something else has been chosen before its turn comes.
  private func count(_ choice: ChoiceCount) {
    wanted.count.ask(for: choice, on: later) { self.post(.choiceCounted(choice.counted)) }
  }

  /// Compares the poses of a run with the input of another once, however often it is asked for meanwhile.
  private func compare(_ folder: String, with root: String) {
    wanted.roots.ask(for: folder, on: later) {
      var change = RootChange(folder: folder, root: root)
      do {
        let found = try PoseChange(of: RunFolder(folder), against: RunFolder(root))
        (change.turned, change.moved) = (found.turned, found.moved)
      } catch {
        let problem = (error as? Problems)?.all.first ?? error as? Problem
        change.problem = problem?.what ?? "\(error)"
      }
      self.post(.rootChange(change))
    }
  }

  /// Reads a map once, however often it is asked for meanwhile.
  private func readMap(_ request: MapRequest) {
    wanted.maps.ask(for: request, on: later) {
      do throws(Problem) {
        let read =
          if let frame = request.frame {
            try self.wanted.composer.map(request, of: frame)
          } else {
            try MapReader.read(request)
          }
        self.post(.map(read))
      } catch { self.post(.mapProblem(request, error)) }
    }
  }
}
