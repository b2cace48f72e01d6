using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <content>The forms in which a token is written.</content>
public sealed partial class GetArcTokenCommand
{
    /// <summary>Write only the token, as an ordinary string.</summary>
    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Write only the token, as a SecureString.</summary>
    [Parameter]
    public SwitchParameter AsSecureString { get; set; }

    /// <summary>Write a credential: the account id as the user name, the token as the password.</summary>
    [Parameter]
    public SwitchParameter AsCredential { get; set; }

    /// <summary>Write a hashtable with the header Authorization.</summary>
    [Parameter]
    public SwitchParameter AsHeader { get; set; }

    /// <summary>Write a hashtable for <c>Connect-AzAccount @p</c>.</summary>
    [Parameter]
    public SwitchParameter AsAzAccountParameters { get; set; }

    /// <summary>Refuses two forms at once. Parameter sets would refuse them, too, but without a word on which they are.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        var forms = new List<string>();
        Add(AsPlainText, nameof(AsPlainText));
        Add(AsSecureString, nameof(AsSecureString));
        Add(AsCredential, nameof(AsCredential));
        Add(AsHeader, nameof(AsHeader));
        Add(AsAzAccountParameters, nameof(AsAzAccountParameters));
        if (forms.Count > 1)
        {
            ThrowTerminatingError(new ArcTokenException(
                ArcTokenStatus.InvalidArgument,
                $"{string.Join(" and ", forms)} exclude each other: each is another form of the output.",
                "Give one of them.").ToErrorRecord(this, null));
        }

        void Add(bool isWanted, string name)
        {
            if (isWanted)
            {
                forms.Add("-" + name);
            }
        }
    }

    // The values decide: a caller can write -AsPlainText:$false.
    private object InChosenForm(TokenHandle handle)
    {
        if (AsPlainText)
        {
            return handle.PlainToken();
        }

        if (AsHeader)
        {
            return new Hashtable(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = "Bearer " + handle.PlainToken() };
        }

        AccessToken token = handle.ToAccessToken();
        if (AsAzAccountParameters)
        {
            using (token)
            {
                return token.ToAzAccountParameters();
            }
        }

        return AsSecureString ? SecretWithToken.Of(token.Secret)
            : AsCredential ? new PSCredential(token.UserId, token.Secret)
            : token;
    }
}
