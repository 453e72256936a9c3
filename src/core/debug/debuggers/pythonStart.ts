/** What the start file writes to standard error when there is no debugpy; nothing else begins like this. */
export const debugpyMissing = 'lambda-layers: debugpy cannot be imported: ';

/** Variables that tell the start file what to do; it takes them away again. */
export const startVariables = {
  port: 'LAMBDA_LAYERS_DEBUG_PORT',
  debugpy: 'LAMBDA_LAYERS_DEBUGPY',
  folder: 'LAMBDA_LAYERS_DEBUG_FOLDER',
  /** The function's own `PYTHONUSERBASE`, if it has any. */
  userBase: 'LAMBDA_LAYERS_PYTHONUSERBASE',
} as const;

/**
 * A `sitecustomize.py`, which Python imports before it runs anything, from the first folder of `PYTHONPATH`; and a
 * `usercustomize.py`, from `PYTHONUSERBASE`, for bootstraps that set `PYTHONPATH` anew. The first that comes opens
 * debugpy's port and waits for the debugger, in the first Python process only and not in one-liners (`python -c`);
 * then everything is as it would be without it: variables, search path, and the `sitecustomize` of the machine.
 */
export const pythonStart = `
def _start():
    import os, sys
    port = os.environ.get('${startVariables.port}')
    if port is None:
        return
    for word in getattr(sys, 'orig_argv', [])[1:]:
        if word == '-c':
            return
        if word == '-m' or not word.startswith('-'):
            break
    del os.environ['${startVariables.port}']
    folder = os.environ.pop('${startVariables.folder}', '')
    library = os.environ.pop('${startVariables.debugpy}', '')
    path = [item for item in os.environ.get('PYTHONPATH', '').split(os.pathsep) if item not in ('', folder)]
    os.environ['PYTHONPATH'] = os.pathsep.join(path)
    if not path:
        del os.environ['PYTHONPATH']
    own_base = os.environ.pop('${startVariables.userBase}', None)
    os.environ.pop('PYTHONUSERBASE', None)
    if own_base is not None:
        os.environ['PYTHONUSERBASE'] = own_base
    _restore_search_path(folder)
    os.environ['PYDEVD_DISABLE_FILE_VALIDATION'] = '1'
    if library:
        sys.path.insert(0, library)
    try:
        import debugpy
        debugpy.configure(subProcess=False)
        debugpy.listen(('127.0.0.1', int(port)))
        debugpy.wait_for_client()
    except ImportError as error:
        print('${debugpyMissing}' + str(error), file=sys.stderr, flush=True)
    finally:
        if library in sys.path:
            sys.path.remove(library)
        os.environ.pop('PYDEVD_DISABLE_FILE_VALIDATION', None)

def _restore_search_path(folder):
    import site, sys
    ours = [item for item in sys.path if item == folder or item.startswith(folder + '/')]
    place = max([sys.path.index(item) for item in ours], default=0) - len(ours) + 1
    sys.path[:] = [item for item in sys.path if item not in ours]
    if site.ENABLE_USER_SITE:
        length = len(sys.path)
        site.USER_BASE = site.USER_SITE = None
        site.addusersitepackages(set(sys.path))
        added = sys.path[length:]
        del sys.path[length:]
        sys.path[place:place] = added

def _go_on():
    import importlib.machinery, importlib.util, os, sys
    here = os.path.dirname(__file__)
    path = [item for item in sys.path if item != here]
    spec = importlib.machinery.PathFinder.find_spec(__name__, path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules[__name__] = module
        spec.loader.exec_module(module)

_start()
_go_on()
`;

/** Where Python looks below `PYTHONUSERBASE`, by version (Python documentation, `site`). */
export const userFolders: readonly string[] = Array.from(
  { length: 15 },
  (_, index) => `lib/python3.${index + 6}/site-packages`,
);
