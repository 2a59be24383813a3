"""Why a scene is not rendered: stable codes, each with an exit code of its own, should the report be lost."""

EXIT_CODES = {
    'script-error': 10,  # also given to --python-exit-code
    'scene-not-loaded': 11,
    'no-camera': 12,
    'movie-format': 13,
    'format-unsupported': 14,
    'resolution-too-large': 15,
    'gpu-missing': 16,
    'asset-missing': 17,
    'scripts-blocked': 18,
    'render-error': 19,
    'frame-out-of-range': 20,
    'engine-missing': 21,
    'denoiser-missing': 22,
    'nothing-to-render': 23,
}


class Refusal(Exception):
    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.details = details  # more for the report
        self.exit_code = EXIT_CODES[code]
