"""Settings, read from the environment. A switch that changes policy is a parameter, not a setting."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from huiju.config.instance import APP, Instance


class Environment(BaseSettings):
    """Each variable is written `HUIJU_<NAME>`; wrong values stop the start with the name."""

    model_config = SettingsConfigDict(env_prefix="HUIJU_")

    debug: bool = Field(
        False, description="Show programming errors in the browser; never in service."
    )
    database_role: str = Field(APP, description="`owner` for migrations, else `app`.")
    hosts: str = Field("*", description="Host names this site answers to, comma separated.")
    origins: str = Field("", description="https origins behind a proxy, comma separated.")
    https: bool = Field(False, description="Served by https: cookies are marked secure.")
    proxies: int = Field(0, description="How many trusted proxies stand before the server.")
    crypto_profile: str = Field("intl", description="`intl` (AES, SHA-2) or `gm` (SM4, SM3).")
    import_max_mb: int = Field(50, description="Largest file an import reads.")
    import_max_unpacked_mb: int = Field(200, description="Largest unpacked size of such a file.")
    import_max_rows: int = Field(200_000, description="Most rows an import reads.")
    import_max_columns: int = Field(200, description="Most columns an import reads.")
    import_seconds: int = Field(120, description="Longest time the reading child process gets.")
    import_memory_mb: int = Field(300, description="Most memory the reading child process gets.")
    language: Literal["zh-hans", "zh-hant", "en"] = Field(
        "zh-hans", description="Language of pages without a choice, and of the command line."
    )
    help_contact: str = Field(
        "", description="Whom to ask about an account: shown where somebody forgot the password."
    )
    spark_master: str = Field("local[2]", description="Where `--engine spark` computes.")
    anchor_folders: str = Field(
        "",
        description="Further folders for signed heads of the audit chain, comma separated.",
    )


env = Environment()  # type: ignore[call-arg]
instance = Instance.from_environment()

PACKAGE = Path(__file__).resolve().parent.parent
HUIJU_HOME = instance.home
HUIJU_KEYS = instance.keys
HUIJU_FILES = instance.files
AUDIT_ANCHOR_FOLDERS = [
    HUIJU_HOME / "anchors",
    *(Path(folder) for folder in env.anchor_folders.split(",") if folder),
]
CRYPTO_PROFILE = env.crypto_profile
SPARK_MASTER = env.spark_master
IMPORT_MAX_BYTES = env.import_max_mb * 2**20
IMPORT_MAX_UNPACKED_BYTES = env.import_max_unpacked_mb * 2**20
IMPORT_MAX_ROWS = env.import_max_rows
IMPORT_MAX_COLUMNS = env.import_max_columns
IMPORT_SECONDS = env.import_seconds
IMPORT_MEMORY_BYTES = env.import_memory_mb * 2**20

SECRET_KEY = instance.secret("secret_key") or "not-initialised"
DEBUG = env.debug
ALLOWED_HOSTS = env.hosts.split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env.origins.split(",") if origin]

INSTALLED_APPS = [
    "huiju.config",
    "huiju.api",
    "huiju.desk",
    "huiju.statistics",
    "huiju.allowances",
    "huiju.registry",
    "huiju.budgets",
    "huiju.transfers",
    "huiju.policies",
    "huiju.documents",
    "huiju.directory",
    "huiju.ui",
    "huiju.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_cotton",
    "django_tables2",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huiju.config.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "huiju.config.urls"
WSGI_APPLICATION = "huiju.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huiju.config.navigation.navigation",
            ],
            "builtins": ["huiju.ui.templatetags.ui"],
        },
    }
]


def database(kind: str) -> dict[str, Any]:
    """Django's database settings for one role."""
    login = instance.login(kind)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": login.host,
        "PORT": login.port,
        "NAME": login.name,
        "USER": login.user,
        "PASSWORD": login.password,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": login.options} if login.options else {},
    }


DATABASES = {"default": database(env.database_role)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # sign-in throttling must be shared by all server processes
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
HELP_CONTACT = env.help_contact
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_ADAPTER = "huiju.directory.signin.SignIn"
ACCOUNT_LOGIN_METHODS = {"username"}
# office computers are shared: a session ends with the browser
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,30/m/ip",
    "slip_not_confirmed": "20/h/ip",
    "notice_objected": "10/h/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.proxies
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.https
MFA_TOTP_ISSUER = "Huiju"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.https
SESSION_COOKIE_NAME = f"huiju_{instance.mark}"
CSRF_COOKIE_NAME = f"huiju_csrf_{instance.mark}"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = env.language
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "huiju_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
# the kernel is no app of Django's, so its catalogue is named
LOCALE_PATHS = [PACKAGE / "kernel" / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = HUIJU_HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HUIJU_FILES)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # echarts sets style attributes on the SVG it draws
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

DJANGO_TABLES2_TEMPLATE = "ui/table.html"
COTTON_DIR = "cotton"
NINJA_PAGINATION_PER_PAGE = 50

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
