package cmdlets

import "github.com/fedroute/fedroute/lyncsim/farm"

// phrases are the texts of barriers in one language. Programs that look for a text fail
// on servers of other languages; numbers are the same everywhere.
type phrases struct {
	anonymous      string // the account of a logon without credentials
	operations     string
	logonFailure   string
	login          string // %s is the account
	untrusted      string
	permission     string
	accessDenied   string
	path           string // %s is the path
	serviceManager string
	outOfMemory    string
}

var languages = map[farm.Language]phrases{
	farm.English: {
		anonymous:      `NT AUTHORITY\ANONYMOUS LOGON`,
		operations:     "An operations error occurred.\r\n",
		logonFailure:   "The user name or password is incorrect.\r\n",
		login:          "Login failed for user '%s'.",
		untrusted:      "Login failed. The login is from an untrusted domain and cannot be used with Windows authentication.",
		permission:     "The EXECUTE permission was denied on the object 'XdsPublishItems', database 'xds', schema 'dbo'.",
		accessDenied:   "Access is denied",
		path:           "Access to the path '%s' is denied.",
		outOfMemory:    "Exception of type 'System.OutOfMemoryException' was thrown.",
		serviceManager: "Cannot open Service Control Manager on computer '.'. This operation might require other privileges.",
	},
	farm.German: {
		anonymous:    `NT-AUTORITÄT\ANONYMOUS-ANMELDUNG`,
		operations:   "Ein Vorgangsfehler ist aufgetreten.\r\n",
		logonFailure: "Der Benutzername oder das Kennwort ist falsch.\r\n",
		login:        "Fehler bei der Anmeldung für den Benutzer '%s'.",
		untrusted: "Fehler bei der Anmeldung. Die Anmeldung stammt aus einer nicht vertrauenswürdigen Domäne " +
			"und kann mit der Windows-Authentifizierung nicht verwendet werden.",
		permission:   "Die EXECUTE-Berechtigung wurde für das XdsPublishItems-Objekt, xds-Datenbank, dbo-Schema, verweigert.",
		accessDenied: "Zugriff verweigert",
		path:         `Der Zugriff auf den Pfad "%s" wurde verweigert.`,
		outOfMemory:  "Eine Ausnahme vom Typ \"System.OutOfMemoryException\" wurde ausgelöst.",
		serviceManager: "Der Dienststeuerungs-Manager auf Computer . kann nicht geöffnet werden. " +
			"Dieser Vorgang erfordert eventuell andere Berechtigungen.",
	},
	farm.French: {
		anonymous:    `AUTORITE NT\ANONYMOUS LOGON`,
		operations:   "Une erreur d’opération s’est produite.\r\n",
		logonFailure: "Le nom d’utilisateur ou le mot de passe est incorrect.\r\n",
		login:        "Échec de l'ouverture de session de l'utilisateur '%s'.",
		untrusted: "Échec de l'ouverture de session. La connexion provient d'un domaine non approuvé " +
			"et ne peut pas être utilisée avec l'authentification Windows.",
		permission:   "L'autorisation EXECUTE a été refusée sur l'objet 'XdsPublishItems', base de données 'xds', schéma 'dbo'.",
		accessDenied: "Accès refusé",
		path:         "L'accès au chemin d'accès '%s' est refusé.",
		outOfMemory:  "Une exception de type 'System.OutOfMemoryException' a été levée.",
		serviceManager: "Impossible d'ouvrir le Gestionnaire de contrôle des services sur l'ordinateur '.'. " +
			"Cette opération peut exiger d'autres privilèges.",
	},
}

// phrases are the texts in the language of the organization's servers.
func (s *Session) phrases() phrases { return languages[s.Farm.Language()] }
