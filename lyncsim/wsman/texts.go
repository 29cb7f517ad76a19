package wsman

import (
	"slices"
	"strings"
)

// DefaultLanguage is the language of faults when no other is installed.
const DefaultLanguage = "en-US"

// texts holds a fault's text for people, by installed language. %s is the fault's
// detail. Clients must use the code; the second language exposes those that use the
// text.
var texts = map[string]map[message]string{
	"en-US": {
		accessDenied:      "Access is denied.",
		invalidParameter:  "The parameter is incorrect.",
		busy:              "The requested resource is in use.",
		aborted:           "The I/O operation has been aborted because of either a thread exit or an application request.",
		fileNotFound:      "The system cannot find the file specified.",
		brokenPipe:        "The pipe has been ended.",
		commandTooLong:    "The filename or extension is too long.",
		markedForDeletion: "Illegal operation attempted on a registry key that has been marked for deletion.",
		unsupportedAction: "The WS-Management action URI %s is not supported by the service.",
		mustUnderstand:    "The WS-Management service cannot process a SOAP header in the request that is marked as mustUnderstand by the client: %s.",
		invalidHeader:     "The WS-Management service cannot process the request. The request contains one or more invalid SOAP headers.",
		invalidTimeout:    "The WS-Management service cannot process the request. The XML contains an invalid timeout field in the SOAP header: %s.",
		headerRequired:    "The WS-Management service cannot process the request. The request does not have all the expected SOAP headers: %s.",
		envelopeTooLarge:  "The WS-Management service cannot process the request because its envelope is larger than %s bytes.",
		timedOut:          "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.",
		resourceNotFound:  "The WS-Management service cannot process the request. The resource URI (%s) was not found in the WS-Management catalog. The catalog contains the metadata that describes resources, or logical endpoints.",
		schemaViolation:   "The SOAP XML in the message does not match the corresponding XML schema definition: %s.",
		invalidXML:        "WinRM cannot process the request because the input XML contains a syntax error: %s.",
		envelopeTooSmall:  "The WS-Management service does not support a MaxEnvelopeSize of less than %s bytes.",
		invalidSelectors:  "The WS-Management service cannot process the request because the request contained invalid selectors for the resource.",
		unknownShell:      "The request for the Windows Remote Shell with ShellId %s failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation.",
		unknownCommand:    "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist. Either the command has completed execution or the client specified an invalid command identifier.",
		tooManyShells:     "The WS-Management service cannot process the request. The maximum number of concurrent shells for this user has been exceeded (%s). Close existing shells or raise the quota for this user.",
		tooManyOperations: "The WS-Management service cannot process the request. The maximum number of concurrent operations for this user has been exceeded (%s). Close existing operations for this user, or raise the quota for this user.",
		tooManyCommands:   "The WS-Management service cannot process the request. The maximum number of concurrent commands per shell has been exceeded (%s).",
		shellDisconnected: "The Windows Remote Shell cannot process the request. The specified Shell is disconnected.",
		otherClient:       "The Windows Remote Shell cannot process the request. The specified Shell is connected to a different client.",
		managedAccount:    "The WinRM service cannot log on with the managed service account of the session configuration.",
		unspecified:       "The WS-Management service cannot process the request. The error code is %s.",
	},
	"de-DE": {
		accessDenied:      "Zugriff verweigert",
		invalidParameter:  "Falscher Parameter.",
		busy:              "Die angeforderte Ressource wird bereits verwendet.",
		aborted:           "Der E/A-Vorgang wurde wegen eines Threadendes oder einer Anwendungsanforderung abgebrochen.",
		fileNotFound:      "Das System kann die angegebene Datei nicht finden.",
		brokenPipe:        "Die Pipe wurde beendet.",
		commandTooLong:    "Der Dateiname oder die Erweiterung ist zu lang.",
		markedForDeletion: "Es wurde versucht, einen Registrierungsschlüssel einem unzulässigen Vorgang zu unterziehen, der zum Löschen markiert wurde.",
		unsupportedAction: "Der WS-Verwaltungsaktions-URI %s wird vom Dienst nicht unterstützt.",
		mustUnderstand:    "Der WS-Verwaltungsdienst kann einen vom Client als mustUnderstand gekennzeichneten SOAP-Header nicht verarbeiten: %s.",
		invalidHeader:     "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Sie enthält mindestens einen ungültigen SOAP-Header.",
		invalidTimeout:    "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Das XML enthält ein ungültiges Timeoutfeld im SOAP-Header: %s.",
		headerRequired:    "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Es fehlen SOAP-Header: %s.",
		envelopeTooLarge:  "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten, weil ihr Umschlag größer als %s Bytes ist.",
		timedOut:          "Der WS-Verwaltungsdienst kann den Vorgang nicht innerhalb der in OperationTimeout angegebenen Zeit abschließen.",
		resourceNotFound:  "Der WS-Verwaltungsdienst kann die Ressource mit dem Ressourcen-URI %s und den Selektoren nicht finden.",
		schemaViolation:   "Die SOAP-XML-Daten der Nachricht entsprechen nicht der XML-Schemadefinition: %s.",
		invalidXML:        "Die Anforderung kann von WinRM nicht verarbeitet werden, da das Eingabe-XML einen Syntaxfehler enthält: %s.",
		envelopeTooSmall:  "Der WS-Verwaltungsdienst unterstützt keinen MaxEnvelopeSize-Wert unter %s Bytes.",
		invalidSelectors:  "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten, weil sie ungültige Selektoren für die Ressource enthält.",
		unknownShell:      "Fehler bei der Anforderung für die Windows-Remoteshell mit ShellId %s, weil die Shell nicht auf dem Server gefunden wurde.",
		unknownCommand:    "Die Windows-Remoteshell hat eine Anforderung für eine nicht vorhandene Befehls-ID empfangen.",
		tooManyShells:     "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Die maximale Anzahl gleichzeitiger Shells für diesen Benutzer wurde überschritten (%s).",
		tooManyOperations: "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Die maximale Anzahl gleichzeitiger Vorgänge für diesen Benutzer wurde überschritten (%s).",
		tooManyCommands:   "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Die maximale Anzahl gleichzeitiger Befehle pro Shell wurde überschritten (%s).",
		shellDisconnected: "Die Windows-Remoteshell kann die Anforderung nicht verarbeiten. Die angegebene Shell ist getrennt.",
		otherClient:       "Die Windows-Remoteshell kann die Anforderung nicht verarbeiten. Die angegebene Shell ist mit einem anderen Client verbunden.",
		managedAccount:    "Der WinRM-Dienst kann sich nicht mit dem verwalteten Dienstkonto der Sitzungskonfiguration anmelden.",
		unspecified:       "Der WS-Verwaltungsdienst kann die Anforderung nicht verarbeiten. Der Fehlercode ist %s.",
	},
	"fr-FR": {
		accessDenied:      "Accès refusé.",
		invalidParameter:  "Paramètre incorrect.",
		busy:              "La ressource demandée est en cours d’utilisation.",
		aborted:           "L’opération d’entrée/sortie a été abandonnée en raison de l’arrêt d’un thread ou à la demande d’une application.",
		fileNotFound:      "Le fichier spécifié est introuvable.",
		brokenPipe:        "Le canal de communication a été fermé.",
		commandTooLong:    "Nom de fichier ou extension trop long.",
		markedForDeletion: "Tentative d’opération non autorisée sur une clé du Registre marquée pour suppression.",
		unsupportedAction: "L’URI d’action de gestion des services Web %s n’est pas pris en charge par le service.",
		mustUnderstand:    "Le service Gestion des services Web ne peut pas traiter un en-tête SOAP marqué comme mustUnderstand par le client : %s.",
		invalidHeader:     "Le service Gestion des services Web ne peut pas traiter la demande. Elle contient un ou plusieurs en-têtes SOAP non valides.",
		invalidTimeout:    "Le service Gestion des services Web ne peut pas traiter la demande. Le code XML contient un champ de délai d’expiration non valide dans l’en-tête SOAP : %s.",
		headerRequired:    "Le service Gestion des services Web ne peut pas traiter la demande. Il manque des en-têtes SOAP : %s.",
		envelopeTooLarge:  "Le service Gestion des services Web ne peut pas traiter la demande, car son enveloppe dépasse %s octets.",
		timedOut:          "Le service Gestion des services Web ne peut pas terminer l’opération dans le délai spécifié par OperationTimeout.",
		resourceNotFound:  "Le service Gestion des services Web ne peut pas traiter la demande. La ressource identifiée par l’URI %s et les sélecteurs est introuvable.",
		schemaViolation:   "Le code XML SOAP du message ne correspond pas à la définition de schéma XML : %s.",
		invalidXML:        "WinRM ne peut pas traiter la demande, car le code XML d’entrée contient une erreur de syntaxe : %s.",
		envelopeTooSmall:  "Le service Gestion des services Web ne prend pas en charge une valeur MaxEnvelopeSize inférieure à %s octets.",
		invalidSelectors:  "Le service Gestion des services Web ne peut pas traiter la demande, car elle contient des sélecteurs non valides pour la ressource.",
		unknownShell:      "La demande destinée à l’interpréteur de commandes distant Windows ayant l’identificateur %s a échoué, car l’interpréteur est introuvable sur le serveur.",
		unknownCommand:    "L’interpréteur de commandes distant Windows a reçu une demande portant sur un identificateur de commande qui n’existe pas.",
		tooManyShells:     "Le service Gestion des services Web ne peut pas traiter la demande. Le nombre maximal d’interpréteurs simultanés pour cet utilisateur a été dépassé (%s).",
		tooManyOperations: "Le service Gestion des services Web ne peut pas traiter la demande. Le nombre maximal d’opérations simultanées pour cet utilisateur a été dépassé (%s).",
		tooManyCommands:   "Le service Gestion des services Web ne peut pas traiter la demande. Le nombre maximal de commandes simultanées par interpréteur a été dépassé (%s).",
		shellDisconnected: "L’interpréteur de commandes distant Windows ne peut pas traiter la demande. L’interpréteur spécifié est déconnecté.",
		otherClient:       "L’interpréteur de commandes distant Windows ne peut pas traiter la demande. L’interpréteur spécifié est connecté à un autre client.",
		managedAccount:    "Le service WinRM ne peut pas ouvrir de session avec le compte de service administré de la configuration de session.",
		unspecified:       "Le service Gestion des services Web ne peut pas traiter la demande. Le code d’erreur est %s.",
	},
}

// text is the fault in a language that Languages lists.
func (f *fault) text(lang string) string {
	return strings.Replace(texts[lang][f.message], "%s", f.about, 1)
}

// reason is the text of the fault's kind. Windows was recorded to give some faults one of
// its own.
func (f *fault) reason(lang string) string {
	switch f.message {
	case unknownCommand:
		return texts[lang][invalidSelectors]
	case invalidTimeout:
		return texts[lang][invalidHeader]
	}
	return f.text(lang)
}

// Languages lists the languages that can be installed on a machine.
func Languages() []string { return []string{"de-DE", DefaultLanguage, "fr-FR"} }

// pickLanguage gives the wanted language when it is installed, and the
// machine's first one otherwise.
func pickLanguage(installed []string, wanted string) string {
	for _, l := range installed {
		if strings.EqualFold(l, wanted) {
			return l
		}
	}
	return installed[0]
}

// installable keeps the languages that have texts. It never returns an empty list.
func installable(langs []string) []string {
	kept := slices.DeleteFunc(slices.Clone(langs), func(l string) bool { return texts[l] == nil })
	if len(kept) == 0 {
		return []string{DefaultLanguage}
	}
	return kept
}
